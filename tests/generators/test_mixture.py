import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.mixture import GaussianMixture

import audiogen
from audiogen.generators import ConditionalGaussianMixture


def blobs(n_samples=400):
    """Three groups in four dimensions, outside [-1, 1]."""
    rng = np.random.default_rng(0)
    centres = np.array([[6, 0, 0, 0], [-6, 2, 0, 0], [0, -7, 3, 1]])
    group = rng.integers(0, 3, n_samples)
    spread = np.array([1.0, 0.5, 0.7, 0.4])
    return centres[group] + spread * rng.normal(size=(n_samples, 4)), group


@pytest.mark.parametrize("covariance_type", ["tied", "full", "diag"])
def test_without_conditions_it_is_scikit_learns(covariance_type):
    """Three clear groups: both find them, and agree on the likelihood of each point."""
    X, _ = blobs()
    ours = ConditionalGaussianMixture(
        3, covariance_type=covariance_type, reg_covar=1e-8, random_state=0
    ).fit(X)
    theirs = GaussianMixture(3, covariance_type=covariance_type, random_state=0).fit(X)
    assert ours.score(X) == pytest.approx(theirs.score(X), abs=1e-3)
    shifted = X + 0.3
    assert ours.score(shifted) == pytest.approx(theirs.score(shifted), abs=1e-2)


@pytest.mark.parametrize("covariance_type", ["tied", "full", "diag"])
def test_samples_are_spread_as_the_data(covariance_type):
    X, _ = blobs(2000)
    mixture = ConditionalGaussianMixture(3, covariance_type=covariance_type, random_state=0)
    samples = mixture.fit(X).sample(20_000, random_state=1)
    np.testing.assert_allclose(samples.mean(axis=0), X.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(X.T), atol=0.6)
    found = stats.ks_2samp(samples[:, 0], X[:, 0]).statistic
    assert found < 0.05, "three humps, and not one Gaussian of the same moments"
    one = np.random.default_rng(0).normal(X[:, 0].mean(), X[:, 0].std(), 20_000)
    assert stats.ks_2samp(one, X[:, 0]).statistic > 0.05


def test_one_gaussian_under_a_condition_has_a_closed_form():
    """Ridge regression plus a Gaussian of what it leaves."""
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"pitch": rng.uniform(40, 80, 300), "family": rng.choice(["a", "b"], 300)})
    X = np.stack([y.pitch / 5, 4.0 * (y.family == "a"), -y.pitch / 9], axis=1)
    X = X + 0.5 * rng.normal(size=(300, 3))
    model = ConditionalGaussianMixture(1, reg_covar=1e-8, random_state=0).fit(X, y)
    codes = model.conditions_.encode(y)
    scale = float(model._scaling.scale_)
    ridge = Ridge(1.0).fit(codes, X)
    left = X - ridge.predict(codes)
    gaussian = stats.multivariate_normal(left.mean(axis=0), left.T @ left / 300)
    assert scale != 1
    assert model.score(X, y) == pytest.approx(gaussian.logpdf(left).mean(), abs=1e-3)
    wanted = pd.DataFrame({"pitch": [50.0], "family": ["b"]})
    samples = model.sample(20_000, wanted, random_state=0)
    np.testing.assert_allclose(
        samples.mean(axis=0), ridge.predict(model.conditions_.encode(wanted))[0], atol=0.03
    )
    np.testing.assert_allclose(np.cov(samples.T), np.cov(left.T), atol=0.02)


def test_principal_components_and_noise_have_a_closed_form():
    """Probabilistic PCA: scikit-learn's PCA scores by the same Gaussian."""
    from sklearn.decomposition import PCA

    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3)) @ (4 * rng.normal(size=(3, 10))) + rng.normal(size=(500, 10))
    X *= 3
    ours = ConditionalGaussianMixture(1, latent_dim=3, reg_covar=1e-7, random_state=0).fit(X)
    assert ours.basis_.shape == (3, 10)
    np.testing.assert_allclose(ours.basis_ @ ours.basis_.T, np.eye(3), atol=1e-5)
    assert ours.score(X) == pytest.approx(PCA(3).fit(X).score(X), abs=0.01)


def test_either_side_of_the_matrix_gives_the_same_directions():
    """More values than samples and the other way round, against the singular vectors."""
    for shape in [(20, 50), (50, 20)]:
        X = 5 * np.random.default_rng(0).normal(size=shape)
        model = ConditionalGaussianMixture(1, latent_dim=4, random_state=0).fit(X)
        directions = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[2][:4]
        np.testing.assert_allclose(np.abs(model.basis_ @ directions.T), np.eye(4), atol=1e-4)


def test_weights_follow_the_condition():
    """Which of two humps is drawn follows a category, and not only where their mean lies."""
    rng = np.random.default_rng(0)
    y = np.repeat(["left", "both"], 500)
    side = np.where(y == "left", -1, rng.choice([-1, 1], 1000))
    X = np.stack([5 * side, np.zeros(1000)], axis=1) + 0.3 * rng.normal(size=(1000, 2))
    model = ConditionalGaussianMixture(3, random_state=0).fit(X, y)
    left, both = (model.sample(2000, v, random_state=0)[:, 0] for v in ("left", "both"))
    assert np.mean(left < 0) > 0.97
    assert 0.4 < np.mean(both < 0) < 0.6
    assert model.score(X, y) > ConditionalGaussianMixture(3, random_state=0).fit(X).score(X) + 0.2


def test_any_shape_and_bounds():
    X = np.random.default_rng(0).uniform(-1, 1, (30, 5, 4, 2))
    samples = ConditionalGaussianMixture(latent_dim=6, random_state=0).fit(X).sample(500)
    assert samples.shape == (500, 5, 4, 2)
    assert np.abs(samples).max() <= 1
    assert samples.dtype == np.float32


@pytest.mark.parametrize("how", ["joblib", "skops"])
def test_it_comes_back_from_a_file(how, tmp_path):
    X, group = blobs(60)
    model = ConditionalGaussianMixture(random_state=0).fit(X, group.astype(str))
    if how == "joblib":
        joblib.dump(model, tmp_path / "model")
        again = joblib.load(tmp_path / "model")
    else:
        audiogen.save(model, tmp_path / "model")
        again = audiogen.load(tmp_path / "model")
    np.testing.assert_array_equal(again.sample(5), model.sample(5))
    assert not np.array_equal(model.sample(5, random_state=1), model.sample(5, random_state=2))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n_components", 0),
        ("latent_dim", 1.5),
        ("covariance_type", "spherical"),
        ("alpha", 0),
        ("reg_covar", -1.0),
    ],
)
def test_bad_parameters_are_named(parameter, value):
    message = f"The '{parameter}' parameter of ConditionalGaussianMixture"
    with pytest.raises((TypeError, ValueError), match=message):
        ConditionalGaussianMixture(**{parameter: value}).fit(blobs()[0])


def test_bad_data_are_named():
    X, group = blobs(20)
    model = ConditionalGaussianMixture(random_state=0).fit(X, group)
    bad = X.copy()
    bad[4, 1] = np.inf
    with pytest.raises(ValueError, match="infinity.*row 4"):
        ConditionalGaussianMixture().fit(bad)
    with pytest.raises(ValueError, match="infinity.*row 4"):
        model.score(bad, group)
    with pytest.raises(ValueError, match="20 samples but y has 5"):
        ConditionalGaussianMixture().fit(X, group[:5])
    with pytest.raises(ValueError, match="a row for each sample"):
        ConditionalGaussianMixture().fit(X, "low")
    with pytest.raises(ValueError, match="conditions.*give y"):
        model.score(X)
    with pytest.raises(ValueError, match="unknown"):
        model.sample(y=7)


@pytest.mark.parametrize("X", [np.full((6, 4), 3.0), np.zeros((1, 4)), np.eye(2) * 5])
def test_constant_and_few_samples_will_do(X):
    samples = ConditionalGaussianMixture(random_state=0).fit(X).sample(3)
    assert np.isfinite(samples).all()


@pytest.mark.parametrize("covariance_type", ["tied", "full", "diag"])
def test_latents_of_the_mixture_are_standard_normal_and_come_back(covariance_type):
    """Draws by definition, a Gaussian and then a point, become independent standard normals."""
    X, _ = blobs(2000)
    model = ConditionalGaussianMixture(3, covariance_type=covariance_type, random_state=0).fit(X)
    rng = np.random.default_rng(5)
    drawn = np.concatenate(
        [
            stats.multivariate_normal(m, 0.5 * (c + c.T)).rvs(n, rng)
            for m, c, n in zip(
                model.mixture_.means_,
                model._covariances().astype(float),
                rng.multinomial(5000, model.mixture_.weights_.astype(float)),
                strict=True,
            )
        ]
    )
    scale, mean = float(model._scaling.scale_), model._mean
    sounds = model._scaling.inverse((drawn + mean).astype(np.float32))
    Z = model.encode(sounds)
    for column in Z.T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
    assert np.abs(np.corrcoef(Z.T**2) - np.eye(4)).max() < 0.06
    np.testing.assert_allclose(model.decode(Z), sounds, atol=1e-3 * scale)


def test_one_gaussian_decodes_by_its_cholesky_factor():
    X, _ = blobs(300)
    model = ConditionalGaussianMixture(1, reg_covar=1e-8, random_state=0).fit(X)
    Z = np.random.default_rng(0).normal(size=(7, 4)) * 3
    root = np.linalg.cholesky(np.cov(X.T, bias=True))
    np.testing.assert_allclose(model.decode(Z), X.mean(axis=0) + Z @ root.T, atol=1e-3)


def test_first_coordinate_is_the_quantile_of_the_marginal():
    """Against scipy's root finder on the distribution function, far into the tails."""
    X, _ = blobs()
    model = ConditionalGaussianMixture(3, random_state=0).fit(X)
    z = np.array([-6.0, -1.0, 0.0, 0.3, 2.0, 7.0])
    found = model.decode(np.stack([z, *np.zeros((3, 6))], axis=1))[:, 0]
    m, w = model.mixture_.means_[:, 0], model.mixture_.weights_
    s = np.sqrt(model.mixture_.covariances_[0, 0])
    for value, quantile in zip(z, found, strict=True):
        side = -np.sign(value) or 1.0

        def excess(x, side=side, value=value):
            return w @ stats.norm.cdf(side * (x - m) / s) - stats.norm.cdf(side * value)

        root = optimize.brentq(excess, -100, 100, xtol=1e-13)
        expected = (root + model._mean[0]) * model._scaling.scale_ + model._scaling.mean_
        np.testing.assert_allclose(quantile, np.ravel(expected)[0], rtol=1e-5)


def test_sounds_move_without_a_jump():
    X, group = blobs()
    y = np.array(["low", "high"])[group % 2]
    model = ConditionalGaussianMixture(8, random_state=0).fit(X, y)
    ends = np.random.default_rng(1).normal(size=(2, 4))
    share = np.linspace(0, 1, 4001)[:, np.newaxis]
    way = model.decode((1 - share) * ends[0] + share * ends[1], "low")
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert steps.max() < 0.05 * np.linalg.norm(way[-1] - way[0])


def test_latents_of_another_width_are_refused():
    model = ConditionalGaussianMixture(random_state=0).fit(blobs()[0])
    with pytest.raises(ValueError, match=r"Z must have the shape \(n_samples, 4\)\. Got \(2, 3\)"):
        model.decode(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="Z holds NaN"):
        model.decode(np.full((2, 4), np.nan))
    constant = ConditionalGaussianMixture(random_state=0).fit(np.ones((1, 4)))
    assert np.isfinite(constant.decode(constant.encode(np.ones((2, 4))))).all()


def test_integers_are_samples_of_audio():
    """Of 16 and of 8 bits, whose silence is 128."""
    X = np.random.default_rng(0).integers(-100, 100, size=(8, 6), dtype=np.int8)
    X[0] = 127
    fitted = [
        ConditionalGaussianMixture(2, random_state=0).fit(x).sample(3, random_state=0)
        for x in (
            X / np.float32(128),
            X.astype(np.int16) * 256,
            (X.astype(int) + 128).astype("u1"),
        )
    ]
    for samples in fitted[1:]:
        np.testing.assert_array_equal(samples, fitted[0])


def test_weights_are_a_regression_on_every_share():
    """Shares that are next to nothing are left out, which changes no probability."""
    rng = np.random.default_rng(0)
    X, group = blobs(200)
    y = pd.DataFrame({"group": group.astype(str), "pitch": rng.uniform(40, 80, 200)})
    model = ConditionalGaussianMixture(6, covariance_type="full", random_state=0).fit(X, y)
    codes = model.conditions_.encode(y)
    shares = model.mixture_.predict_proba(model._parts(model._scaling.forward(X), codes)[1])
    assert np.mean(shares < 1e-7) > 0.3
    rows, classes = np.divmod(np.arange(shares.size), 6)
    whole = LogisticRegression(max_iter=1000).fit(codes[rows], classes, shares.ravel())
    found = np.exp(model._log_weights(200, codes))
    np.testing.assert_allclose(found, whole.predict_proba(codes), atol=1e-3)
