# SPDX-License-Identifier: Apache-2.0
#
# Turns the lines of CalibrationCost and calibration_peer.py into a table. Every line is put over
# the last line of plain inference before it; a row is the median of such ratios.

function text(key) {
  return match($0, "\"" key "\": \"[^\"]*") ? substr($0, RSTART + length(key) + 5, RLENGTH - length(key) - 5) : ""
}

function number(key) {
  return match($0, "\"" key "\": [0-9.]+") ? substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 4) + 0 : -1
}

function numbers(key, into) {
  match($0, "\"" key "\": \\[[^]]*")
  return split(substr($0, RSTART + length(key) + 5, RLENGTH - length(key) - 5), into, ", ")
}

function add(column, value) {
  values[row, column] = values[row, column] " " sprintf("%.4f", value)
}

function median(column, format,    list, count, i, j, swap) {
  count = split(values[rows[r], column], list, " ")
  if (count == 0) return "-"
  for (i = 2; i <= count; i++)
    for (j = i; j > 1 && list[j] + 0 < list[j - 1] + 0; j--) {
      swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap
    }
  return sprintf(format, (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2)
}

{
  tool = text("tool")
  if (tool == "") tool = "quant4j"
  row = text("model") " x" number("batches") " | " tool " | " text("mode")
  if (!(row in seen)) { seen[row] = 1; rows[++rowCount] = row }
  passes = numbers("seconds", wall)
  numbers("processorSeconds", processor)
  peak = number("peakResident")
  if (text("failure") != "") failures[row] = text("failure")
  if (passes == 1) { add("seconds", wall[1]); add("peak", peak / 1e6) }
  if (text("mode") == "plain") {
    for (i = 1; i <= passes; i++) { plainWall[i] = wall[i]; plainProcessor[i] = processor[i] }
    plainPeak = peak
  } else if (passes == 1) {
    add("first", wall[1] / plainWall[1])
    add("above", (peak - plainPeak) / 1e6)
  }
  for (i = 2; i <= passes; i++) {
    add("warm", wall[i] / plainWall[i])
    add("processor", processor[i] / plainProcessor[i])
  }
}

END {
  print "| model | tool | mode | seconds | over plain | warm | processor time, warm | peak MB | above plain |"
  print "|---|---|---|---|---|---|---|---|---|"
  for (r = 1; r <= rowCount; r++)
    printf "| %s | %s | %s | %s | %s | %s | %s |%s\n", rows[r], median("seconds", "%.2f"), median("first", "%.2f"), median("warm", "%.2f"), median("processor", "%.2f"), median("peak", "%.0f"), median("above", "%.0f"), (rows[r] in failures ? " failed: " failures[rows[r]] : "")
}
