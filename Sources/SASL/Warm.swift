enum WarmSASL {}
