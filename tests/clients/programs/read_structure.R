# Reads a data structure with rsdmx and prints its code lists: Rscript read_structure.R ADDRESS-OF-V1 STRUCTURE
suppressMessages(library(rsdmx))
given <- commandArgs(trailingOnly = TRUE)
read <- readSDMX(paste0(given[1], "/datastructure/ASEAN/", given[2], "/1.0.0?references=descendants"))
lists <- slot(read, "codelists")
for (list in lists@codelists) {
  codes <- as.data.frame(lists, codelistId = list@id)
  write.csv(data.frame(list = list@id, id = codes$id, name = codes$label.en), stdout(), row.names = FALSE)
}
flows <- as.data.frame(readSDMX(paste0(given[1], "/dataflow/ASEAN")))
write.csv(flows[c("id", "Name.en")], stdout(), row.names = FALSE)
