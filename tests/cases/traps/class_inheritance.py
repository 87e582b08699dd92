# trap: a subclass keeps the base class that it was made with, and super() goes there
# row: redefinition

# %%
class Base:
    def score(self):
        return 1


class Model(Base):
    def score(self):
        return super().score() + 10


# %%
class Base:
    def score(self):
        return 1000


# %%
class Other(Base):
    pass


# %%
scores = [Model().score(), Other().score(), Base().score()]
print(scores, issubclass(Model, Base))
