"""What the shop is made of and what each thing is worth to it (GB/T 20984-2022, 5.2)."""
