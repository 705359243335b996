enum WarmLatchkeyTesting {}
