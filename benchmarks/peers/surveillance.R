# EARS C1-C3 and improved Farrington of the R package 'surveillance', on the series of a directory.
# Usage: Rscript surveillance.R DIRECTORY FIRST LAST ROW_FIRST ROW_LAST ears|farrington|farrington-effort
#   counts.csv   one line a series, one column a week          } read
#   effort.csv   the same shape: the country's reports, above 0 }
#   <method>-ROW_FIRST.csv  a line for each series ROW_FIRST to ROW_LAST, a column for each week FIRST to LAST, all
#                           from 1: written.
# EARS files hold 1 for an alarm. Farrington's hold the probability of as many reports or more; its alarm is one of at
# most alpha, with at least 5 reports in 4 weeks unless that rule is waived, which the reader of the files decides.
suppressPackageStartupMessages(library(surveillance))

told <- commandArgs(trailingOnly = TRUE)
directory <- told[1]
range <- as.integer(told[2]):as.integer(told[3])
rows <- as.integer(told[4]):as.integer(told[5])
read <- function(name) unname(as.matrix(read.csv(file.path(directory, name), header = FALSE)))
counts <- read("counts.csv")
effort <- read("effort.csv")

write_rows <- function(found, name) {
  file <- file.path(directory, sprintf("%s-%d.csv", name, rows[1]))
  write.table(found, paste0(file, ".part"), sep = ",", row.names = FALSE, col.names = FALSE)
  invisible(file.rename(paste0(file, ".part"), file))
}

as_sts <- function(row) {
  sts(observed = matrix(counts[row, ]), population = matrix(effort[row, ]), frequency = 52, start = c(2018, 1))
}

ears <- function(method, min_sigma) {
  do.call(rbind, lapply(rows, function(row) {
    found <- earsC(as_sts(row), control = list(method = method, range = range, minSigma = min_sigma))
    as.integer(alarms(found))
  }))
}

# The settings of the improved method (Noufaily et al. 2013) as in the package's own article (Salmon et al. 2016),
# threshold by the plugged-in negative binomial quantile.
judge <- function(row, week, with_effort) {
  control <- list(
    range = week, b = 4, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, reweight = TRUE, weightsThreshold = 2.58,
    pThresholdTrend = 1, trend = TRUE, thresholdMethod = "nbPlugin", alpha = 0.05, limit54 = c(0, 4),
    populationOffset = with_effort, glmWarnings = FALSE
  )
  found <- suppressWarnings(farringtonFlexible(as_sts(row), control = control))
  signif(as.numeric(found@control$pvalue), 6)
}

# Each week is judged by itself, so a week without reports, which can raise no alarm, need not be fitted: the same
# answers in a tenth of the time. A model that cannot be fitted stops the package; that week has no answer then.
farrington <- function(with_effort) {
  do.call(rbind, lapply(rows, function(row) {
    vapply(range, function(week) {
      if (counts[row, week] == 0) return(1)
      tryCatch(judge(row, week, with_effort), error = function(stopped) NA_real_)
    }, 0)
  }))
}

if (told[6] == "ears") {
  for (method in c("C1", "C2", "C3")) write_rows(ears(method, 0), method)
  for (method in c("C1", "C2", "C3")) write_rows(ears(method, 1), paste0(method, "-sigma"))
} else {
  write_rows(farrington(told[6] == "farrington-effort"), told[6])
}
