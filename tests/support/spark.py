"""Spark as the third reader of Lakegate's tables: one JVM for a test process, a session of its own for each server.

pyspark and the jar of Iceberg are what `scripts/setup test` installs; `missing()` says what is not there.
"""

import importlib.util
import os
import pathlib
import shutil
import sys

JARS = pathlib.Path(sys.prefix).parent / "jars"  # scripts/setup: $LAKEGATE_DEPS/venv and $LAKEGATE_DEPS/jars


def missing():
    """What this machine lacks for Spark, in words; nothing when all is there."""
    if importlib.util.find_spec("pyspark") is None:
        return "no pyspark; run `scripts/setup test`"
    if not _iceberg_jar():
        return f"no iceberg-spark-runtime in {JARS}; run `scripts/setup test`"
    if not (_java_home() or shutil.which("java")):
        return "no Java; run `scripts/setup test`"
    return None


def start():
    """The session that holds the JVM. Small and compiled in haste: the tables of tests have a few thousand rows."""
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    if _java_home():
        os.environ["JAVA_HOME"] = _java_home()
    return (
        SparkSession.builder.master("local[2]")
        .appName("lakegate-tests")
        .config("spark.jars", str(_iceberg_jar()))
        .config("spark.driver.memory", "1g")
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .getOrCreate()
    )


def session(jvm, base_url, token, name="lake"):
    """A session in the JVM of `jvm` that knows the tables of one server as NAME.SANDBOX.TABLE."""
    made = jvm.newSession()
    made.conf.set("spark.sql.session.timeZone", "UTC")
    for key, value in catalog(base_url, token).items():
        made.conf.set(f"spark.sql.catalog.{name}{key}", value)
    return made


def catalog(base_url, token):
    """The settings below `spark.sql.catalog.NAME`, as docs/tables.md shows them."""
    return {
        "": "org.apache.iceberg.spark.SparkCatalog",
        ".type": "rest",
        ".uri": f"{base_url}/iceberg",
        ".rest.auth.type": "oauth2",
        ".oauth2-server-uri": f"{base_url}/iceberg/v1/oauth/tokens",
        ".token": token,
        ".cache-enabled": "false",  # else a table that was read stays as it is for 30 s
    }


def _java_home():
    """Of Debian's Java 17, whatever else is installed: Spark 4 wants 17 or 21."""
    return next(map(str, pathlib.Path("/usr/lib/jvm").glob("java-17-openjdk-*")), None)


def _iceberg_jar():
    return next(JARS.glob("iceberg-spark-runtime-*.jar"), None)
