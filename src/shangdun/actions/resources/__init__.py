"""What a programme needs: people, materials, money, and who gets them when they are short."""
