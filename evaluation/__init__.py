"""What measures: planning figures on labelled requests, by the same records that a walk leaves."""
