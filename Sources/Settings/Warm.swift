enum WarmSettings {}
