"""What a file holds against what a reader shows of the table, for files of some columns of schemas with many."""

import pyarrow as pa


def leaves(fields):
    """Of an Iceberg schema; a map's key does not count."""
    count = 0
    for field in fields:
        kind = field.field_type
        while not hasattr(kind, "fields") and hasattr(kind, "element_type") or hasattr(kind, "value_type"):
            kind = kind.element_type if hasattr(kind, "element_type") else kind.value_type
        count += leaves(kind.fields) if kind.is_struct else 1
    return count


class Comparison:
    """One file's values against what a reader shows of them. `rebuilds_lists`: null lists of structs may come out empty, as
    PyIceberg has them (test_pyiceberg_itself.py)."""

    def __init__(self, rebuilds_lists):
        self.rebuilds_lists = rebuilds_lists
        self.twins = set()

    def value(self, kind, mine, seen, path):
        if mine is None:
            empty_list = self.rebuilds_lists and pa.types.is_list(kind) and pa.types.is_struct(kind.value_type) and seen == []
            assert seen is None or empty_list, f"{path}: {seen!r} is not null"
            return
        assert seen is not None, f"{path}: null is not {mine!r}"
        if pa.types.is_struct(kind):
            self.fields({field.name: field.type for field in kind}, mine, seen, path)
        elif pa.types.is_map(kind):
            mine, seen = dict(mine), dict(seen)
            assert mine.keys() == seen.keys(), path
            for key, one in mine.items():
                self.value(kind.item_type, one, seen[key], f"{path}{{{key}}}")
        elif pa.types.is_list(kind):
            assert len(mine) == len(seen), path
            for i, one in enumerate(mine):
                self.value(kind.value_type, one, seen[i], f"{path}[{i}]")
        else:
            assert seen == mine, f"{path}: {seen!r} is not {mine!r}"

    def fields(self, kinds, mine, seen, path):
        left = set(kinds)
        for shown, value in seen.items():
            name = shown
            if name not in kinds and shown.endswith("_1") and shown[:-2] in kinds:
                name = shown[:-2]  # the later of two names that differ only in case
                self.twins.add(f"{path}.{name}")
            if name in kinds:
                left.remove(name)
                self.value(kinds[name], mine[name], value, f"{path}.{name}")
            else:
                assert value is None, f"{path}.{shown} is not in the file"
        assert not left, f"{path}: {left} are not shown"
