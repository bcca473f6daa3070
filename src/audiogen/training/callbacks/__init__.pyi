from ._average import Average as Average
from ._checkpoint import Checkpoint as Checkpoint
from ._collapse import Collapse as Collapse
from ._plateau import Plateau as Plateau
from ._preview import Preview as Preview
from ._warmup import Warmup as Warmup
