"""Files of customers: what is right in them, and how they come into the directory and out of it.

An import reads its file twice. The first reading looks at everything and changes nothing: what cannot be read at all
ends it here, a row that is wrong is told and left out. The second reading writes batches, each of which is a
transaction that also says how far the import has come: one that was killed goes on from there. ::

    columns    what the header of a file says
    checking   a row, compared with what the site declares
    keyable    what no caller could key
    seen       what stood in the file already, in bounded memory
    importing  both readings
    exporting  the directory as a file that an import takes back
"""

from ivrctl.service.customer_files.exporting import write_customers
from ivrctl.service.customer_files.importing import Import, Outcome, Said

__all__ = ["Import", "Outcome", "Said", "write_customers"]
