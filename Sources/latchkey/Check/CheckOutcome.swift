/// How `latchkey check` ends, in the numbers of checkpassword (https://cr.yp.to/checkpwd/interface.html).
enum CheckOutcome: Int32 {
    case accepted = 0
    case refused = 1
    case misused = 2
    case temporary = 111
}
