enum WarmTOTP {}
