from . import datasets as datasets
from . import display as display
from . import exceptions as exceptions
from . import generators as generators
from . import metrics as metrics
from . import pipeline as pipeline
from . import preprocessing as preprocessing
from . import recipes as recipes
from . import scoring as scoring
from . import signal as signal
from . import utils as utils
from ._compose import compose as compose
from ._render import render as render
from .persistence import load as load
from .persistence import save as save
from .pipeline import GenerativePipeline as GenerativePipeline
from .pipeline import generate as generate
from .pipeline import make_generative_pipeline as make_generative_pipeline
from .utils.clips import write_clip as write_clip

__version__: str
