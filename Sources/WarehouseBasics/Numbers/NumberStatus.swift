/// How reading or computing a number went.
@frozen public enum NumberStatus: UInt8, Sendable {
    case ok
    /// The text is not a number.
    case notRecognized
    /// It is a number, but does not fit.
    case outOfRange
}
