"""Leadership's part (指令下达): the grade, the question who decides, the order and its echo."""
