x = 1
# x = x * 2
# print(x)
y = x + 1  # y = 3
# a sentence about y
# see also: the manual
# plt.plot(x)
# output
0:2 commented: Why is `x = x * 2` commented out?
