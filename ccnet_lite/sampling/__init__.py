"""Language sampling for multilingual pretraining: probabilities, statistics, a reader."""
