print("slt")
