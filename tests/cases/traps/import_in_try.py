# trap: an optional library is missing, the fallback binds the same names
# row: conditional definitions and imports

# %%
try:
    import no_such_library_xyz as fast

    HAVE_FAST = True
    from no_such_library_xyz import loads
except ImportError:
    fast = None
    HAVE_FAST = False
    from json import loads

# %%
data = loads('{"a": [1, 2]}')
engine = "fast" if HAVE_FAST else "plain"
print(data, engine, fast)
