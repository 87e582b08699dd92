from sklearn import metrics
from sklearn.metrics import accuracy_score, log_loss
# %%
# how good
print("accuracy", accuracy_score(y_test, pred))
print(f"{log_loss(y_test, pred):.2f}", round(metrics.accuracy_score(y_train, seen) * 100))
print('of {} {:.1f}'.format(type(model).__name__, model.score(X_test, y_test)))
# output
# how good
test_accuracy = accuracy_score(y_test, pred)
print("accuracy", test_accuracy)
test_log_loss = log_loss(y_test, pred)
train_accuracy = metrics.accuracy_score(y_train, seen)
print(f"{test_log_loss:.2f}", round(train_accuracy * 100))
model_test_score = model.score(X_test, y_test)
print('of {} {:.1f}'.format(type(model).__name__, model_test_score))
# metrics: test_accuracy more, test_log_loss less, train_accuracy more, model_test_score more
