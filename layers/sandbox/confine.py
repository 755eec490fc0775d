"""The confinement of a process that reads strangers' files, put on before anything else is loaded.

Numbers are those of linux/prctl.h and linux/sched.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from layers.sandbox.limits import MEGABYTE, Limits

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

# Drivers that open other files or addresses than the one they are given.
_NO_DRIVERS = (
    "VRT,OGR_VRT,GTI,DERIVED,WMS,WCS,WMTS,WFS,CSW,OAPIF,OGCAPI,HTTP,STACIT,STACTA,DAAS,EEDA,EEDAI,"
    "PLMOSAIC,PLSCENES,NGW,Carto,AmigoCloud,Elasticsearch,GPSBabel,GDALG,ADBC,AIVector,MRF,Zarr,"
    "GNMFile,GNMDatabase,PDS4,Rasterlite,TIL,RPFTOC,ECRGTOC"
)
_GDAL: Mapping[str, str] = {
    "GDAL_SKIP": _NO_DRIVERS,
    "OGR_SKIP": _NO_DRIVERS,
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",  # where nobody listens, should the network not be cut
    "GDAL_CACHEMAX": "256",
    "GDAL_PAM_ENABLED": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "PROJ_NETWORK": "OFF",
}


def environment(source: str, folder: str) -> dict[str, str]:
    """The whole environment of the child: nothing of ours but where the program lies."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": source,
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": os.environ.get("TZ", "UTC"),
        "HOME": folder,
        "TMPDIR": folder,
        "MALLOC_ARENA_MAX": "2",  # each arena reserves 64 MB of address space
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        **_GDAL,
    }


def confine(limits: Limits, parent: int) -> None:
    """Bind this process to its parent's life and to the limits; must be called while single."""
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(OSError):  # what runs out of memory first must be this process
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
            score.write("1000")
    cut_network(libc)
    # After the new namespaces: they clear the parent-death signal.
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with contextlib.suppress(OSError):
        os.nice(5)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_FSIZE, limits.output_mb * MEGABYTE)
    _limit(resource.RLIMIT_CPU, limits.cpu_s, grace=5)
    _limit(resource.RLIMIT_AS, limits.memory_mb * MEGABYTE)


def cut_network(libc: ctypes.CDLL | None = None) -> bool:
    """Leave the machine's network for one without any interface; False where the kernel forbids."""
    library = libc or ctypes.CDLL(None, use_errno=True)
    return any(
        library.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    )


def network_can_be_cut() -> bool:
    """Whether a child of this process could leave the network; asks one that ends at once."""
    probe = "from layers.sandbox.confine import cut_network; raise SystemExit(not cut_network())"
    source = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-P", "-s", "-c", probe]
    done = subprocess.run(command, env=environment(source, source), check=False)
    return done.returncode == 0


def _limit(kind: int, most: int, grace: int = 0) -> None:
    hard = resource.getrlimit(kind)[1]
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    above = most + grace if hard == resource.RLIM_INFINITY else min(most + grace, hard)
    resource.setrlimit(kind, (wanted, above))
