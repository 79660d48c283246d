print("mlwh")
