# SPDX-License-Identifier: Apache-2.0
#
# Turns the lines of CalibrationCost and calibration_peer.py into a table. Every line is put over
# the last line of plain inference before it, every pass over the same pass; a figure is the median
# of such ratios. Lines of several passes give the columns "warm", without their first pass. Where
# other processes took more than a twentieth of the time of one processor during either pass, the
# ratio is left out, unless all are.

# What follows a key, up to a character that ends it.
function after(key, end,    rest) {
  if (!match($0, "\"" key "\": [\"[]?")) return ""
  rest = substr($0, RSTART + RLENGTH)
  return match(rest, end) ? substr(rest, 1, RSTART - 1) : ""
}

function add(column, value) {
  values[row, column] = values[row, column] " " sprintf("%.4f", value)
}

# Adds to the ratios of passes that nothing disturbed, or to those to fall back on.
function addRatio(column, pass) {
  if (other[pass] > 0.05 * wall[pass] || plainOther[pass] > 0.05 * plainWall[pass])
    column = "disturbed " column
  add(column "Wall", wall[pass] / plainWall[pass])
  add(column "Processor", processor[pass] / plainProcessor[pass])
}

function median(row, column, format,    list, count, i, j, swap) {
  count = split(values[row, column], list, " ")
  if (count == 0) count = split(values[row, "disturbed " column], list, " ")
  if (count == 0) return "-"
  for (i = 2; i <= count; i++)
    for (j = i; j > 1 && list[j] + 0 < list[j - 1] + 0; j--) {
      swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap
    }
  return sprintf(format, (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2)
}

{
  tool = after("tool", "\"")
  mode = after("mode", "\"")
  row = after("model", "\"") ", " after("batches", "[,}]") " | " (tool == "" ? "quant4j" : tool) " | " mode
  if (!(row in seen)) { seen[row] = 1; rows[++rowCount] = row }
  passes = split(after("seconds", "]"), wall, ", ")
  split(after("processorSeconds", "]"), processor, ", ")
  split(after("otherSeconds", "]"), other, ", ")
  peak = after("peakResident", "[,}]") / 1e6
  failure = after("failure", "\"")
  if (failure != "") { failures[row] = ", failed: " failure; next }

  if (mode == "plain") {
    for (i = 1; i <= passes; i++) {
      plainWall[i] = wall[i]; plainProcessor[i] = processor[i]; plainOther[i] = other[i]
    }
    plainPeak = peak
  }
  if (passes == 1) { add("seconds", wall[1]); add("peak", peak) }
  if (mode == "plain") next

  if (passes == 1) { addRatio("first", 1); add("above", peak - plainPeak) }
  for (i = 2; i <= passes; i++) addRatio("warm", i)
}

END {
  print "| model, batches | tool | mode | seconds | over plain | processor time | warm | warm, processor time | peak MB | above plain |"
  print "|---|---|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= rowCount; i++) {
    row = rows[i]
    printf "| %s%s | %s | %s | %s | %s | %s | %s | %s |\n", row, failures[row],
      median(row, "seconds", "%.2f"), median(row, "firstWall", "%.2f"),
      median(row, "firstProcessor", "%.2f"), median(row, "warmWall", "%.2f"),
      median(row, "warmProcessor", "%.2f"), median(row, "peak", "%.0f"),
      median(row, "above", "%.0f")
  }
}
