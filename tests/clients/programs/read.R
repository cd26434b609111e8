# Reads dataflows with rsdmx and prints them as CSV: Rscript read.R ADDRESS-OF-V1 FLOW KEY
suppressMessages(library(rsdmx))
given <- commandArgs(trailingOnly = TRUE)
table <- as.data.frame(readSDMX(paste0(given[1], "/data/ASEAN,", given[2], ",1.0.0/", given[3])))
# Whole: write.csv alone keeps 15 digits.
table$obsValue <- ifelse(is.na(table$obsValue), NA, sprintf("%.17g", table$obsValue))
write.csv(table, stdout(), row.names = FALSE, na = "")
