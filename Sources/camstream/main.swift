print("camstream")
