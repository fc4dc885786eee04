"""What users read and how they ask: texts and options that the command line and magics share."""
