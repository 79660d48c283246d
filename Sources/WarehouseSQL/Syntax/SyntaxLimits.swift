/// What a text may hold; more is an error that names the limit.
public enum SyntaxLimits {
    /// How deep parentheses, subqueries, calls and prefix operators may nest.
    public static let maximumDepth = 250
    /// How high a syntax tree may grow, which operators in a row (`a + b + …`) do too; AND, OR, `||` and the set
    /// operators hold any number of operands at one level. A debug build's walks take up to 20 KB of stack a level.
    public static let maximumHeight = 500
}
