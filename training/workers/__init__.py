"""Training the workers: specialists by supervised fine-tuning, by preferences (DPO), or by what a teacher answers."""
