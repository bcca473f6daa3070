from . import datasets as datasets
from . import display as display
from . import evaluation as evaluation
from . import exceptions as exceptions
from . import generators as generators
from . import io as io
from . import metrics as metrics
from . import music as music
from . import pipeline as pipeline
from . import preprocessing as preprocessing
from . import recipes as recipes
from . import scoring as scoring
from . import signal as signal
from . import training as training
from . import utils as utils
from .io import read_clip as read_clip
from .io import write_clip as write_clip
from .music import make_clip as make_clip
from .music import render as render
from .persistence import load as load
from .persistence import save as save
from .pipeline import GenerativePipeline as GenerativePipeline
from .pipeline import generate as generate
from .pipeline import inpaint as inpaint
from .pipeline import make_generative_pipeline as make_generative_pipeline

__version__: str
