# trap: `import a.b` binds `a`; a later import of another submodule adds to the same object
# row: imports

# %%
import xml.dom.minidom

document = xml.dom.minidom.parseString("<a><b/></a>")
tag = document.documentElement.tagName

# %%
import xml.etree.ElementTree
import os.path, os

tree = xml.etree.ElementTree.fromstring("<r><c>1</c></r>")
value = tree.find("c").text
base = os.path.basename("x/y.csv")
del document, tree
print(tag, value, base, os.sep == "/")
