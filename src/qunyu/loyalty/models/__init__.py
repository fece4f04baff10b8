"""What loyalty keeps."""

from __future__ import annotations

from qunyu.loyalty.models.benefits import Benefit as Benefit
from qunyu.loyalty.models.benefits import BenefitCount as BenefitCount
from qunyu.loyalty.models.benefits import BenefitUse as BenefitUse
from qunyu.loyalty.models.benefits import Redemption as Redemption
from qunyu.loyalty.models.benefits import Reward as Reward
from qunyu.loyalty.models.benefits import VipCommunity as VipCommunity
from qunyu.loyalty.models.benefits import VipFee as VipFee
from qunyu.loyalty.models.ledger import Account as Account
from qunyu.loyalty.models.ledger import Earning as Earning
from qunyu.loyalty.models.ledger import Entry as Entry
from qunyu.loyalty.models.ledger import Lot as Lot
from qunyu.loyalty.models.ledger import LotUse as LotUse
from qunyu.loyalty.models.ledger import Movement as Movement
from qunyu.loyalty.models.levels import Level as Level
from qunyu.loyalty.models.levels import LevelChange as LevelChange
from qunyu.loyalty.models.levels import LevelGrant as LevelGrant
from qunyu.loyalty.models.levels import Standing as Standing
from qunyu.loyalty.models.programme import Programme as Programme
