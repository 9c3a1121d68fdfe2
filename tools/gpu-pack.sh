#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Packs what the GPU tests need on a host without Maven and without a network: the project's jars, the tests of
# quant-tensorrt, quant-ptq and quant-cli with JUnit's console launcher, all libraries, and data/. Java, CUDA and TensorRT
# are not in it. Leaves TARGET_DIR/project-00, project-01 ..., each at most PIECE_BYTES, so that they can be sent one at a time.
# Put together into one folder again, run-gpu-tests.sh in it unpacks them and runs the tests.
#
# usage: tools/gpu-pack.sh [TARGET_DIR [PIECE_BYTES]]     default: .gpu 55000000
#
# MAVEN_ARGS goes to Maven, for example -o.

set -eu

DEPENDENCY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin:3.11.0
MODULES='quant-core quant-onnx quant-calibration quant-tensorrt quant-ptq quant-cli'
TESTED='quant-tensorrt quant-ptq quant-cli'

fail() {
  echo "gpu-pack.sh: $1" >&2
  exit 1
}

if [ "$#" -gt 2 ]; then
  echo 'usage: tools/gpu-pack.sh [TARGET_DIR [PIECE_BYTES]]' >&2
  exit 2
fi
target=${1:-.gpu}
piece_bytes=${2:-55000000}

for tool in mvn jar zip tar split; do
  command -v "$tool" >/dev/null || fail "'$tool' is missing"
done
mkdir -p -- "$target" || fail "cannot create the folder '$target'"
target=$(cd -- "$target" && pwd)
root=$(cd -- "$(dirname -- "$0")/.." && pwd)
scratch=$(mktemp -d) || fail 'cannot create a temporary folder'
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

library=$scratch/project/lib
mkdir -p -- "$library" "$scratch/project/tests"
cd -- "$root"

# Profile gpu puts the glue of the presets on the class path.
modules=$(echo "$MODULES" | tr ' ' ',')
# shellcheck disable=SC2086 # several options in one variable
mvn -q -B -ntp ${MAVEN_ARGS:-} -Pfast,gpu -DskipTests -pl "$modules" -am \
  package "$DEPENDENCY_PLUGIN:copy-dependencies" -DincludeScope=test \
  -DexcludeGroupIds=io.github.quant4j,org.junit.jupiter,org.junit.platform,com.code-intelligence \
  -DoutputDirectory="$library" || fail 'the build failed'
for module in $MODULES; do
  for file in "$module"/target/"$module"-*.jar; do
    case $file in
      *-sources.jar | *-javadoc.jar | *-tests.jar) ;;
      *) cp -- "$file" "$library/" ;;
    esac
  done
done
for module in $TESTED; do
  # Tests run in the folder of their module: they find the models and pictures at ../data.
  mkdir -- "$scratch/project/$module"
  jar --create --file "$scratch/project/tests/$module-tests.jar" -C "$module/target/test-classes" .
done

junit=$(sed -n 's|.*<junit.version>\(.*\)</junit.version>.*|\1|p' pom.xml)
# shellcheck disable=SC2086
mvn -q -B -ntp ${MAVEN_ARGS:-} "$DEPENDENCY_PLUGIN:copy" -N -DoutputDirectory="$scratch/project/tests" \
  -Dartifact="org.junit.platform:junit-platform-console-standalone:$junit" || fail 'JUnit cannot be fetched'

# Of the five platforms of ONNX Runtime one is needed: 14 MB of 54 MB.
for file in "$library"/onnxruntime-*.jar; do
  zip -q -d "$file" 'ai/onnxruntime/native/osx-*' 'ai/onnxruntime/native/win-*' 'ai/onnxruntime/native/linux-aarch64/*'
done
cp -R data "$scratch/project/data"

rm -rf -- "$target"/project-[0-9][0-9]
tar -C "$scratch" -cf - project | split -b "$piece_bytes" -d -a 2 - "$scratch/project.tar."
for piece in "$scratch"/project.tar.*; do
  folder=$target/project-${piece##*.}
  mkdir -- "$folder"
  mv -- "$piece" "$folder/"
done

cat > "$target/project-00/run-gpu-tests.sh" <<'RUN'
#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs the tests tagged gpu, beside the pieces project.tar.00, project.tar.01 ... Needs Java 17 or newer in JAVA_HOME
# or PATH; LD_LIBRARY_PATH must name the folders of CUDA 12 and TensorRT 10. Exit status 0 if all of them passed, 2 if
# there was none.
#
# usage: run-gpu-tests.sh [--module quant-tensorrt|quant-ptq|quant-cli] [OPTIONS OF JUNIT'S CONSOLE LAUNCHER]
#        e.g. --include-classname='.*EngineGpuTest', --include-methodname='.*perceptron.*', --reports-dir=FOLDER
#
# JAVA_OPTIONS goes to Java, for example -Dquant4j.device.layers=true. The test of an exported ResNet-18 wants
# -Dquant4j.models=FOLDER -Dquant4j.fashionMnist=FOLDER.

set -eu

modules='quant-tensorrt quant-ptq quant-cli'
if [ "${1:-}" = --module ]; then
  modules=${2:?--module needs a name}
  shift 2
fi
here=$(cd -- "$(dirname -- "$0")" && pwd)
java=java
if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
fi
rm -rf -- "$here/project"
cat "$here"/project.tar.* | tar -C "$here" -xf -

# One after the other, each in a process of its own; those that may end it come last.
result=2
for module in $modules; do
  cd -- "$here/project/$module"
  status=0
  # shellcheck disable=SC2086 # several options in one variable
  "$java" -Xmx4g ${JAVA_OPTIONS:-} -cp '../tests/*:../lib/*' org.junit.platform.console.ConsoleLauncher execute \
    --scan-class-path="../tests/$module-tests.jar" --include-tag=gpu --fail-if-no-tests \
    --config='junit.jupiter.testclass.order.default=org.junit.jupiter.api.ClassOrderer$OrderAnnotation' \
    --disable-banner --details=tree --disable-ansi-colors "$@" || status=$?
  case $status in
    2) ;;
    0) [ "$result" -ne 2 ] || result=0 ;;
    *) result=$status ;;
  esac
done
exit "$result"
RUN
chmod +x "$target/project-00/run-gpu-tests.sh"
du -sh "$target"/project-[0-9][0-9]
