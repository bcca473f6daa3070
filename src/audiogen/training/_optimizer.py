"""The optimizer of every generator."""

from typing import Any

from audiogen.networks import adam_steps, as_graph, keras

__all__ = ["ScalableAdam", "make_adam"]

# A running average is over some quarter of the steps at most: enough for GANs to be smooth, and
# without the first, random weights (tuned on melodies of ten tunes and on GANs of 480 steps).
_AVERAGED = 4


class ScalableAdam(keras.optimizers.Adam):
    """Adam whose learning rate, schedule or not, can be scaled while training.

    Its running average of the weights, where `use_ema` is set, is left to the `Average`
    callback: Keras would overwrite the weights with it at the end of training, so that
    training could not go on from them. Nor would a short training leave the first weights behind,
    which Keras averages like all others: here the average begins with few steps, as that of
    TensorFlow's ``ExponentialMovingAverage(num_updates=...)`` does.

    Parameters
    ----------
    learning_rate : float or keras.optimizers.schedules.LearningRateSchedule
        As of Adam.
    **parameters : dict
        Those of ``keras.optimizers.Adam``.

    Attributes
    ----------
    scale : keras.Variable
        What the rate is multiplied with; 1 at first.
    """

    def __init__(self, learning_rate: Any = 0.001, **parameters: Any) -> None:
        super().__init__(learning_rate, **parameters)
        self.scale = self.add_variable((), initializer="ones", name="scale")
        tensorflow = keras.backend.backend() == "tensorflow"
        # Each epoch has it done twice.
        self._exchange = as_graph(self._exchanged) if tensorflow else self._exchanged

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change one variable, at the scaled rate."""
        super().update_step(gradient, variable, learning_rate * self.scale)

    def _backend_update_step(
        self, grads: Any, trainable_variables: Any, learning_rate: Any
    ) -> None:
        """Change all variables; under TensorFlow, Keras' Adam is a dozen operations for each."""
        if keras.backend.backend() != "tensorflow" or self.amsgrad:
            super()._backend_update_step(grads, trainable_variables, learning_rate)
            return
        places = [self._get_variable_index(variable) for variable in trainable_variables]
        adam_steps(
            [self._trainable_variables[i] for i in places],
            [(self._momentums[i], self._velocities[i]) for i in places],
            grads,
            learning_rate * self.scale,
            self.iterations,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
        )

    def _update_model_variables_moving_average(self, trainable_variables: Any) -> None:
        """Move the running averages, as far as the steps until now allow."""
        if not self.use_ema:
            return
        step = keras.ops.cast(self.iterations, "float32")
        share = keras.ops.minimum(step / (step + _AVERAGED), self.ema_momentum)
        pairs = zip(trainable_variables, self._model_variables_moving_average, strict=True)
        for variable, average in pairs:
            average.assign(share * average + (1 - share) * variable)

    def finalize_variable_values(self, var_list: Any) -> None:
        """Leave the variables as they are."""

    def exchange_average(self) -> None:
        """Have the variables and their running averages change places."""
        self._exchange()

    def _exchanged(self) -> None:
        pairs = zip(self._trainable_variables, self._model_variables_moving_average, strict=True)
        for variable, average in pairs:
            value = keras.ops.copy(variable)
            variable.assign(average)
            average.assign(value)


def make_adam(
    learning_rate: float,
    *,
    decay: tuple[float, int] | None = None,
    ema: float = 0.0,
    **parameters: Any,
) -> ScalableAdam:
    """Return a new optimizer.

    Parameters
    ----------
    learning_rate : float
        At the start.
    decay : tuple (factor, steps), default=None
        What the rate is multiplied with in so many steps, evenly; None leaves it.
    ema : float, default=0.0
        Share that a step leaves of a running average of the weights; 0 for no average.
    **parameters : dict
        Those of ``keras.optimizers.Adam``.

    Returns
    -------
    optimizer : ScalableAdam
    """
    if decay is not None:
        factor, steps = decay
        learning_rate = keras.optimizers.schedules.ExponentialDecay(learning_rate, steps, factor)
    average = {"use_ema": True, "ema_momentum": ema} if ema else {}
    return ScalableAdam(learning_rate, **average, **parameters)
