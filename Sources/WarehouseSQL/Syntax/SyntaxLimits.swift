/// What a text may hold; more is an error that names the limit.
public enum SyntaxLimits {
    /// How high a syntax tree may grow, and how deep parentheses may nest.
    public static let maximumDepth = 1_000
}
