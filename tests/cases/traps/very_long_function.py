# trap: one function and one cell of more than sixty lines; comments and blank lines included
# lines: long on purpose
# row: functions and classes of the notebook

# %%
def label(code):
    # one branch a code; nobody ever made it a table
    text = 'none'
    if code == 0:
        text = 'group 0'
    elif code == 1:
        text = 'group 7'
    elif code == 2:
        text = 'group 3'
    elif code == 3:
        text = 'group 10'
    elif code == 4:
        text = 'group 6'
    elif code == 5:
        text = 'group 2'
        # see the code book
    elif code == 6:
        text = 'group 9'
    elif code == 7:
        text = 'group 5'
    elif code == 8:
        text = 'group 1'
    elif code == 9:
        text = 'group 8'
    elif code == 10:
        text = 'group 4'
    elif code == 11:
        text = 'group 0'
        # see the code book
    elif code == 12:
        text = 'group 7'
    elif code == 13:
        text = 'group 3'
    elif code == 14:
        text = 'group 10'
    elif code == 15:
        text = 'group 6'
    elif code == 16:
        text = 'group 2'
    elif code == 17:
        text = 'group 9'
        # see the code book
    elif code == 18:
        text = 'group 5'
    elif code == 19:
        text = 'group 1'
    elif code == 20:
        text = 'group 8'
    elif code == 21:
        text = 'group 4'
    elif code == 22:
        text = 'group 0'
    elif code == 23:
        text = 'group 7'
        # see the code book
    return text + suffix


# %%
suffix = ' v1'
# part 0
s0 = len(label(0)) + 0
s1 = s0 + 1 - s0
s2 = s1 + 2 - s0
s3 = s2 + 3 - s0
s4 = s3 + 4 - s0
s5 = s4 + 5 - s0
s6 = s5 + 6 - s0
s7 = s6 + 7 - s0
s8 = s7 + 8 - s0
s9 = len(label(9)) + 9
# part 1
s10 = s9 + 10 - s0
s11 = s10 + 11 - s0
s12 = s11 + 12 - s0
s13 = s12 + 13 - s0
s14 = s13 + 14 - s0
s15 = s14 + 15 - s0
s16 = s15 + 16 - s0
s17 = s16 + 17 - s0
s18 = len(label(18)) + 18
s19 = s18 + 19 - s9
# part 2
s20 = s19 + 20 - s9
s21 = s20 + 21 - s9
s22 = s21 + 22 - s9
s23 = s22 + 23 - s9
s24 = s23 + 24 - s9
s25 = s24 + 25 - s9
s26 = s25 + 26 - s9
s27 = len(label(3)) + 27
s28 = s27 + 28 - s18
s29 = s28 + 29 - s18
# part 3
s30 = s29 + 30 - s18
s31 = s30 + 31 - s18
s32 = s31 + 32 - s18
s33 = s32 + 33 - s18
s34 = s33 + 34 - s18
s35 = s34 + 35 - s18
s36 = len(label(12)) + 36
s37 = s36 + 37 - s27
s38 = s37 + 38 - s27
s39 = s38 + 39 - s27
# part 4
s40 = s39 + 40 - s27
s41 = s40 + 41 - s27
s42 = s41 + 42 - s27
s43 = s42 + 43 - s27
s44 = s43 + 44 - s27
s45 = len(label(21)) + 45
s46 = s45 + 46 - s36
s47 = s46 + 47 - s36
s48 = s47 + 48 - s36
s49 = s48 + 49 - s36
# part 5
s50 = s49 + 50 - s36
s51 = s50 + 51 - s36
s52 = s51 + 52 - s36
s53 = s52 + 53 - s36
s54 = len(label(6)) + 54
s55 = s54 + 55 - s45
s56 = s55 + 56 - s45
s57 = s56 + 57 - s45
s58 = s57 + 58 - s45
s59 = s58 + 59 - s45
# part 6
s60 = s59 + 60 - s45
s61 = s60 + 61 - s45

# %%
suffix = ' v2'
texts = [label(code) for code in (0, 5, 23, 99)]
print(texts, s0, s30, s61)
