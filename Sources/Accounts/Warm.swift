enum WarmAccounts {}
