"""What every package stands on: errors, words, scope, money, periods, audit."""
