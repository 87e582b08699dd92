# trap: the guard holds in a notebook, so what stands under it runs
# row: conditional definitions and imports

# %%
def main():
    return total + 1


total = 1

# %%
if __name__ == "__main__":
    total = 10
    answer = main()

# %%
print(answer, total)
