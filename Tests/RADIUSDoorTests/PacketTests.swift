import Testing
@testable import RADIUSDoor
