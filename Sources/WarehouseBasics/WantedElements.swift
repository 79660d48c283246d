/// Elements that end early when the statement that this thread works for is to stop: for loops over a hundred thousand terms
/// that cannot throw. What such a loop has made by then is thrown away where `Interruption.check` is called next.
public struct WantedElements<Base: Sequence>: Sequence, IteratorProtocol {
    private var base: Base.Iterator
    private var count = 0, isOver = false

    init(_ base: Base) { self.base = base.makeIterator() }

    public mutating func next() -> Base.Element? {
        count &+= 1
        // A look costs more than most elements.
        if count & 0xFF == 0, Interruption.isAsked { isOver = true }
        return isOver ? nil : base.next()
    }
}

extension Sequence {
    /// The elements, as long as they are wanted.
    public var whileWanted: WantedElements<Self> { WantedElements(self) }
}
