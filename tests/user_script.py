"""What a user writes: ``tox -e type`` checks it with ``mypy --strict``."""

import pandas as pd
from sklearn.model_selection import GridSearchCV

import audiogen
from audiogen import make_generative_pipeline
from audiogen.generators import ConditionalVAE
from audiogen.metrics import Embedding, embed, kernel_distance, log_mel_statistics, measure
from audiogen.music import Brief
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, NoiseReducer, PitchFilter


def main() -> None:
    notes = audiogen.datasets.make_notes(24, duration=0.5, random_state=0)
    y: pd.DataFrame = notes.frame[["pitch"]]

    recipe = audiogen.recipes.harmonic_gmm(random_state=0)
    recipe.set_params(pca__n_components=4).fit(notes.data, y)
    audiogen.save(recipe, "notes.skops")
    model = audiogen.load("notes.skops")
    organ = audiogen.generate(model, 2, y={"pitch": 60}, random_state=0)
    print(
        organ.shape,
        organ.dtype,
        audiogen.metrics.pitch_accuracy(organ, [60, 60], sample_rate=16000),
    )
    print(audiogen.metrics.summarize(notes.data, organ, sample_rate=16000)["silent"])

    audiogen.metrics.FrechetStatistics.from_data(embed(notes.data, sample_rate=16000)).save(
        "a.npz"
    )
    own = Embedding(log_mel_statistics, name="log-mel", sample_rate=8000)
    for result in measure([kernel_distance], notes.data, organ, sample_rate=16000, embedding=own):
        print(float(result), result.interval, result.to_dict())

    tune = pd.DataFrame({"onset": [0.0, 0.5], "duration": [0.5, 0.5], "pitch": [60, 67]})
    clip = audiogen.render(model, tune, sample_rate=44100, random_state=0)
    audiogen.write_clip("clip.wav", clip, 44100)

    sets = {"real": notes.data, "new": organ}
    audiogen.evaluation.make_listening_test(sets, "test", sample_rate=16000, random_state=0)
    print(audiogen.evaluation.collect_ratings(["anna.json"], "test/key.json").scores["mean"])

    brief = Brief(genre="funk", seconds=20, hits=[7.5], instruments=["flute"], ending="cold")
    audiogen.make_clip(brief, random_state=1).save("funk", stems=True)

    vae = ConditionalVAE(2, epochs=2, random_state=0)
    steps = [PitchFilter(low=24), NoiseReducer(), HarmonicPlusNoise(), Flatten(), vae]
    pipe = make_generative_pipeline(*steps)
    grid = {"conditionalvae__epochs": [1, 2]}
    scorer = audiogen.scoring.neg_frechet_audio_distance
    search = GridSearchCV(pipe, grid, scoring=scorer, cv=2).fit(notes.data, y)
    print(search.best_params_, search.best_estimator_.sample(1, y={"pitch": 60}).shape)


if __name__ == "__main__":
    main()
