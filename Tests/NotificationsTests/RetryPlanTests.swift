import LatchkeyCore
import Testing

@testable import Notifications

struct RetryPlanTests {
    private let trouble = NotTold("away")
    private let refusal = NotTold("no", isRefusal: true)

    @Test("each wait is twice the one before, up to a minute")
    func doubling() {
        var plan = RetryPlan()
        let waits = (0..<9).map { _ in plan.wait(after: trouble, age: .zero) }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    }

    @Test("trouble is waited out for a day, and no longer")
    func patience() {
        var plan = RetryPlan()
        for _ in 0..<1_500 { #expect(plan.wait(after: trouble, age: .days(1) - .seconds(1)) != nil) }
        #expect(plan.wait(after: trouble, age: .days(1)) == nil)
    }

    @Test("a notice that is refused five times does not hold up the others")
    func refusals() {
        var plan = RetryPlan()
        for _ in 1..<RetryPlan.maximumRefusals { #expect(plan.wait(after: refusal, age: .zero) != nil) }
        #expect(plan.wait(after: trouble, age: .zero) != nil)
        #expect(plan.wait(after: refusal, age: .zero) == nil)
    }
}
