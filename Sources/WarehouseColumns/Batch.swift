/// Column vectors of one length: what operators hand on. Valid only during the call that receives it.
public final class Batch {
    public var rowCount: Int
    public var vectors: [Vector]

    public init(_ vectors: [Vector] = [], rowCount: Int = 0) {
        self.vectors = vectors
        self.rowCount = rowCount
    }
}
