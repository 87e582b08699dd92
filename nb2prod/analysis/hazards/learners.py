"""What scikit-learn and its relatives call the things that learn from rows."""

from __future__ import annotations

import re

from nb2prod.analysis.hazards.words import words

# Learn numbers or choices from all rows: fitted before a split, they know the test rows.
_STATISTICS = (
    r"\w*Scaler|PowerTransformer|QuantileTransformer|KBinsDiscretizer|(Simple|KNN|Iterative)?Imputer|"
    r"MissForest|\w*PCA|TruncatedSVD|NMF|FastICA|FactorAnalysis|LinearDiscriminantAnalysis|"
    r"Select\w+|RFE|RFECV|SequentialFeatureSelector|VarianceThreshold|(Tfidf|Count)Vectorizer|"
    r"TfidfTransformer|\w*(SMOTE|SMOTEN|SMOTENC|SMOTEENN|SMOTETomek)|ADASYN|RandomOverSampler|"
    r"(Target|LeaveOneOut|CatBoost|JamesStein|WOE|MEstimate)Encoder"
)
# Learn only which categories there are.
_CATEGORIES = r"OneHotEncoder|OrdinalEncoder|DictVectorizer"
# Learn nothing, or nothing that a second fit would change.
_STATELESS = (
    r"PolynomialFeatures|FunctionTransformer|Normalizer|Binarizer|HashingVectorizer|TSNE|UMAP|MDS|"
    r"Isomap|LocallyLinearEmbedding|SpectralEmbedding|KernelDensity|NearestNeighbors"
)
STATISTICS = re.compile(_STATISTICS)
CATEGORIES = re.compile(_CATEGORIES)
STATELESS = re.compile(_STATELESS)
SEARCH = re.compile(r"(Halving)?(Grid|Random)\w*Search(CV)?|BayesSearchCV|TPOT\w+")

# Functions that learn from the rows they are given, and give them back changed.
LEARNING_FUNCTIONS = words(
    "scale minmax_scale maxabs_scale robust_scale power_transform quantile_transform"
)
LIBRARIES = words(
    "sklearn imblearn category_encoders xgboost lightgbm catboost keras mlxtend feature_engine"
)
BUILDERS = words("make_pipeline make_column_transformer make_union clone Pipeline FeatureUnion")
FITS = words("fit partial_fit fit_transform fit_resample fit_sample fit_predict")
TRANSFORMS = words("transform fit_transform fit_resample fit_sample")
RESAMPLES = frozenset({"fit_resample", "fit_sample"})
PREDICTS = words("predict predict_proba decision_function predict_log_proba")
SCORES = frozenset({"score", "evaluate"})
SPLIT = re.compile(r"(sklearn|dask_ml|cuml)\.(\w+\.)*train_test_split")
