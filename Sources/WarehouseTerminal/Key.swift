/// What a person pressed, or a terminal pasted.
public enum Key: Equatable, Sendable {
    /// Printable characters, as many as came together.
    case text(String)
    /// A paste that the terminal marked as one; line ends are `\n`.
    case paste(String)
    /// Ctrl with a lower-case letter or `_`.
    case control(Character)
    /// Alt (or Escape before) with a character.
    case meta(Character)
    case enter, metaEnter, tab, backTab, backspace, metaBackspace, delete, escape
    case up, down, left, right, wordLeft, wordRight, home, end, pageUp, pageDown
}
