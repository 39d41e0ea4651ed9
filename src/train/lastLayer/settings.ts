/** How the last layer is moved apart from the others. Experimental. */
export interface LastLayerSettings {
  /** α: the time for which the flow of a batch is followed, as long as a step of SGD at this rate. */
  readonly learningRate: number;
  /** The largest α, whatever the learning rate and the schedule say; 1 where absent. */
  readonly stepLimit?: number;
  /** Pull back to where each step began: ½·pull·‖Θ − Θ₀‖² beside the loss of the batch. 0 where absent. */
  readonly pull?: number;
}
