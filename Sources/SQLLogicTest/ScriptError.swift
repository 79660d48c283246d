/// A script that cannot be read as one, with the line at fault.
public struct ScriptError: Error, CustomStringConvertible {
    public var line: Int
    public var message: String

    public var description: String { message }
}
